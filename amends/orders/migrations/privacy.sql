-- Erasure, legal holds, and what case files are signed with.

SELECT amends_privileges('sealed_text', 'SELECT, INSERT', 'SELECT, INSERT, DELETE');

-- Orders whose time of keeping is over: the texts of events up to that version are gone, and are not missed.
CREATE TABLE order_erasure (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    erased_at   timestamptz NOT NULL,
    PRIMARY KEY (marketplace, order_key)
) /*partitioned*/;
SELECT amends_privileges('order_erasure', 'SELECT', 'SELECT, INSERT, UPDATE');

-- Under which name an erased person is shown in the orders of before.
CREATE TABLE erased_party (
    marketplace uuid NOT NULL,
    order_key   text COLLATE "C" NOT NULL,
    party       text COLLATE "C" NOT NULL CHECK (party IN ('buyer', 'seller')),
    pseudonym   text NOT NULL CHECK (pseudonym <> ''),
    PRIMARY KEY (marketplace, order_key, party)
) /*partitioned*/;
SELECT amends_privileges('erased_party', 'SELECT', 'SELECT, INSERT');

-- That a person was erased, when and why; nothing of what was.
CREATE TABLE erasure (
    marketplace uuid NOT NULL,
    person      text COLLATE "C" NOT NULL,
    erased_at   timestamptz NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (marketplace, person, erased_at)
);
SELECT amends_privileges('erasure', 'SELECT', 'SELECT, INSERT');

CREATE TABLE legal_hold (
    marketplace uuid NOT NULL,
    kind        text COLLATE "C" NOT NULL CHECK (kind IN ('person', 'order')),
    subject     text COLLATE "C" NOT NULL CHECK (subject <> ''),
    placed_at   timestamptz NOT NULL,
    reason      text NOT NULL,
    lifted_at   timestamptz CHECK (lifted_at >= placed_at),
    PRIMARY KEY (marketplace, kind, subject, placed_at)
);
CREATE UNIQUE INDEX legal_hold_one_at_a_time ON legal_hold (marketplace, kind, subject) WHERE lifted_at IS NULL;
SELECT amends_privileges('legal_hold', 'SELECT', 'SELECT, INSERT, UPDATE');

-- What case files are signed with. A key that was replaced keeps its public half; the salting never changes.
CREATE TABLE amends_keys.signing_key (
    marketplace uuid NOT NULL,
    public      bytea NOT NULL CHECK (octet_length(public) = 32),
    secret      bytea CHECK (octet_length(secret) = 32),
    made_at     timestamptz NOT NULL DEFAULT now(),
    replaced_at timestamptz,
    PRIMARY KEY (marketplace, public),
    CONSTRAINT signing_key_is_destroyed_when_replaced CHECK ((secret IS NULL) = (replaced_at IS NOT NULL))
);
CREATE UNIQUE INDEX signing_key_in_use ON amends_keys.signing_key (marketplace) WHERE replaced_at IS NULL;
SELECT amends_privileges('amends_keys.signing_key', 'SELECT, INSERT', 'SELECT, INSERT, UPDATE');
CREATE TABLE amends_keys.salting (
    marketplace uuid PRIMARY KEY,
    secret      bytea NOT NULL CHECK (octet_length(secret) = 32),
    made_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER salting_append_only BEFORE UPDATE OR DELETE ON amends_keys.salting
    FOR EACH ROW EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('amends_keys.salting', 'SELECT, INSERT', 'SELECT, INSERT');
