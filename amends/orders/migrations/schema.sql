-- Marketplace and order key lead every key of an order's tables, so that the whole of it can be cut into shards.
-- A comment /*partitioned*/ stands where a test puts PARTITION BY HASH (marketplace, order_key).

-- ── marketplaces ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE marketplace (
    id              uuid PRIMARY KEY,
    name            text NOT NULL UNIQUE CHECK (name <> ''),
    policy_digest   text COLLATE "C" NOT NULL,
    number_secret   bytea NOT NULL CHECK (octet_length(number_secret) = 32),
    sandbox         boolean NOT NULL DEFAULT false,
    clock_at        timestamptz,
    made_at         timestamptz NOT NULL DEFAULT now(),
    provider        text COLLATE "C" NOT NULL DEFAULT 'sandbox' CHECK (provider IN ('sandbox', 'silent')),
    provider_settings jsonb NOT NULL DEFAULT '{}',
    messages_from   timestamptz,  -- delivered messages written before this may be gone
    CONSTRAINT marketplace_only_a_sandbox_has_its_clock CHECK (sandbox OR clock_at IS NULL)
);
SELECT amends_privileges('marketplace', 'SELECT', 'SELECT, INSERT, UPDATE', 'id');

CREATE TABLE marketplace_key (
    marketplace uuid NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at     timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz,
    PRIMARY KEY (marketplace, digest)
);
SELECT amends_privileges('marketplace_key', 'SELECT', 'SELECT, INSERT, UPDATE');

CREATE TABLE policy (
    marketplace uuid NOT NULL,
    digest      text COLLATE "C" NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    name        text NOT NULL,
    version     integer NOT NULL,
    document    text NOT NULL,  -- canonical: the digest is taken of these very bytes
    made_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, digest),
    CONSTRAINT policy_is_what_its_digest_says CHECK (encode(sha256(convert_to(document, 'UTF8')), 'hex') = digest)
);
CREATE TRIGGER policy_append_only BEFORE UPDATE OR DELETE ON policy FOR EACH ROW EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('policy', 'SELECT', 'SELECT, INSERT');

CREATE TABLE region_pause (
    marketplace uuid NOT NULL,
    hold        text COLLATE "C" NOT NULL,
    countries   text[] NOT NULL,
    command     jsonb NOT NULL,
    started_at  timestamptz NOT NULL,
    PRIMARY KEY (marketplace, hold)
);
SELECT amends_privileges('region_pause', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE');

-- An act on a region that may not have reached every order yet: the newest of each hold, gone once none can be left.
CREATE TABLE region_spread (
    marketplace uuid NOT NULL,
    hold        text COLLATE "C" NOT NULL,
    command     jsonb NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),  -- real time, also in a sandbox
    look_at     timestamptz NOT NULL,                -- when a worker is to look again, unless one is at it
    PRIMARY KEY (marketplace, hold)
);
SELECT amends_privileges('region_spread', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE party_block (
    marketplace uuid NOT NULL,
    party       text COLLATE "C" NOT NULL,
    key_id      uuid NOT NULL,
    finding     bytea NOT NULL,
    by          text NOT NULL,
    actor       text NOT NULL,
    blocked_at  timestamptz NOT NULL,
    PRIMARY KEY (marketplace, party)
);
SELECT amends_privileges('party_block', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE');

-- ── what happened ───────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE event (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    number      integer NOT NULL CHECK (number > 0),
    at          timestamptz NOT NULL,
    type        text    COLLATE "C" NOT NULL,
    body        text    NOT NULL,  -- canonical JSON as text, because the chain is taken of these very bytes
    chain       bytea   NOT NULL CHECK (octet_length(chain) = 32),
    written_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, order_key, number)
) /*partitioned*/;
CREATE INDEX event_written ON event USING brin (written_at);
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION amends_append_only();
CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('event', 'SELECT, INSERT', 'SELECT, INSERT');

-- ── the copy that is read, and the guard ────────────────────────────────────────────────────────────────────────────

-- Any row can be thrown away and folded again from its events; so nothing points at it.
CREATE TABLE orders (
    marketplace    uuid    NOT NULL,
    order_key      text    COLLATE "C" NOT NULL CHECK (octet_length(order_key) BETWEEN 1 AND 800),
    version        integer NOT NULL CHECK (version > 0),
    head           bytea   NOT NULL CHECK (octet_length(head) = 32),
    state_hash     bytea   NOT NULL CHECK (octet_length(state_hash) = 32),
    policy_digest  text    COLLATE "C" NOT NULL,
    status         text    COLLATE "C" NOT NULL,
    buyer          text    COLLATE "C" NOT NULL,
    seller         text    COLLATE "C" NOT NULL,
    currency       text    COLLATE "C" NOT NULL,
    countries      text[]  NOT NULL,
    holds          text[]  NOT NULL,
    held_minor     bigint  NOT NULL CHECK (held_minor >= 0),
    refunded_minor bigint  NOT NULL CHECK (refunded_minor >= 0),
    released_minor bigint  NOT NULL,
    open_disputes  smallint NOT NULL,
    opened_at      timestamptz[] NOT NULL,
    placed_at      timestamptz NOT NULL,
    due_at         timestamptz,
    lease_until    timestamptz,
    set_aside      text,
    remind_at      timestamptz,
    remind_lease   timestamptz,
    PRIMARY KEY (marketplace, order_key)
) /*partitioned*/ WITH (fillfactor = 80);
CREATE INDEX orders_due ON orders (marketplace, due_at) WHERE due_at IS NOT NULL AND set_aside IS NULL;
CREATE INDEX orders_remind ON orders (marketplace, remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX orders_of_buyer ON orders (marketplace, buyer, placed_at);
SELECT amends_privileges('orders', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE shipped_number (
    marketplace uuid  NOT NULL,
    order_key   text  COLLATE "C" NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),  -- keyed: the number itself is personal
    at          timestamptz NOT NULL,
    PRIMARY KEY (marketplace, order_key, digest)
) /*partitioned*/;
CREATE INDEX shipped_number_owner ON shipped_number (marketplace, digest, at);
SELECT amends_privileges('shipped_number', 'SELECT, INSERT', 'SELECT, INSERT');

-- ── personal text ───────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE sealed_text (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    event       integer NOT NULL,
    ref         text    COLLATE "C" NOT NULL,
    owner       text    COLLATE "C" NOT NULL,
    key_id      uuid    NOT NULL,
    ciphertext  bytea   NOT NULL,
    PRIMARY KEY (marketplace, order_key, ref),
    FOREIGN KEY (marketplace, order_key, event) REFERENCES event
) /*partitioned*/;
SELECT amends_privileges('sealed_text', 'SELECT, INSERT', 'SELECT, INSERT');

-- In a schema of their own, so that a dump of the data can leave the keys out.
CREATE SCHEMA amends_keys;
CREATE TABLE amends_keys.person_key (
    marketplace uuid NOT NULL,
    owner       text COLLATE "C" NOT NULL,
    key_id      uuid NOT NULL,
    key         bytea NOT NULL CHECK (octet_length(key) = 32),
    made_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, owner)
);
SELECT amends_privileges('amends_keys.person_key', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE');
DO $$
DECLARE
    role text;
BEGIN
    FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN ('amends_owner', 'amends_app', 'amends_worker') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA amends_keys TO %I', role);
    END LOOP;
END
$$;

-- ── answers, messages, money on its way ─────────────────────────────────────────────────────────────────────────────

CREATE TABLE idempotency (
    marketplace uuid  NOT NULL,
    order_key   text  COLLATE "C" NOT NULL,
    caller      text  COLLATE "C" NOT NULL,
    key         text  COLLATE "C" NOT NULL,
    body_hash   bytea NOT NULL CHECK (octet_length(body_hash) = 32),
    answer      jsonb NOT NULL,
    written_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, order_key, caller, key)
) /*partitioned*/;
CREATE INDEX idempotency_written ON idempotency USING brin (written_at);
SELECT amends_privileges('idempotency', 'SELECT, INSERT', 'SELECT, INSERT, DELETE');

CREATE TABLE outbox (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    event       integer NOT NULL,
    topic       text    COLLATE "C" NOT NULL DEFAULT 'event',
    written_at  timestamptz NOT NULL DEFAULT now(),
    attempts    smallint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    done_at     timestamptz,
    set_aside   text,
    PRIMARY KEY (marketplace, order_key, event, topic)
) /*partitioned*/;
CREATE INDEX outbox_waiting ON outbox (written_at) WHERE done_at IS NULL AND set_aside IS NULL;
CREATE INDEX outbox_written ON outbox USING brin (written_at);
SELECT amends_privileges('outbox', 'SELECT, INSERT', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE money_intent (
    marketplace   uuid     NOT NULL,
    order_key     text     COLLATE "C" NOT NULL,
    event         integer  NOT NULL,
    position      smallint NOT NULL CHECK (position > 0),
    kind          text     COLLATE "C" NOT NULL CHECK (kind IN ('refund', 'release')),
    dispute       integer,
    refund        smallint,  -- its position among the dispute's refunds, or the order's, from 1
    payment       smallint,
    amount_minor  bigint   NOT NULL CHECK (amount_minor > 0),
    currency      text     COLLATE "C" NOT NULL,
    funded_by     text     COLLATE "C" NOT NULL,
    target        text     NOT NULL,
    redirected    boolean  NOT NULL,  -- then the target is a reference to a sealed text
    provider_key  text     COLLATE "C" NOT NULL,
    state         text     COLLATE "C" NOT NULL DEFAULT 'pending'
                  CHECK (state IN ('pending', 'sent', 'succeeded', 'failed', 'withdrawn')),
    withdrawn_minor bigint NOT NULL DEFAULT 0,  -- taken back before it was sent
    written_at    timestamptz NOT NULL DEFAULT now(),
    attempts      smallint NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    sent_at       timestamptz,
    ask_at        timestamptz,
    answered_at   timestamptz,
    reference     text,  -- the provider's, once he has taken it
    needs_human   text,  -- why nobody but a person can say how it goes on
    PRIMARY KEY (marketplace, order_key, event, position),
    FOREIGN KEY (marketplace, order_key, event) REFERENCES event,
    CONSTRAINT money_intent_refund_has_its_place CHECK ((kind = 'refund') = (refund IS NOT NULL)),
    CONSTRAINT money_intent_withdrawn CHECK (withdrawn_minor BETWEEN 0 AND amount_minor
        AND (withdrawn_minor < amount_minor OR state = 'withdrawn'))
) /*partitioned*/;
CREATE INDEX money_intent_to_send ON money_intent (marketplace, written_at)
    WHERE needs_human IS NULL AND (state = 'pending' OR state = 'sent' AND reference IS NULL);
CREATE INDEX money_intent_to_ask ON money_intent (marketplace, ask_at)
    WHERE needs_human IS NULL AND state = 'sent' AND reference IS NOT NULL;
CREATE INDEX money_intent_key ON money_intent (marketplace, provider_key);
CREATE INDEX money_intent_queue ON money_intent (marketplace, written_at) WHERE needs_human IS NOT NULL;
SELECT amends_privileges('money_intent', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE');

-- What providers said, each event of theirs once; applied when it has had its effect on intent and order.
CREATE TABLE provider_inbox (
    marketplace  uuid NOT NULL,
    provider     text COLLATE "C" NOT NULL,
    event_id     text COLLATE "C" NOT NULL CHECK (octet_length(event_id) BETWEEN 1 AND 200),
    provider_key text COLLATE "C" NOT NULL,
    said         text COLLATE "C" NOT NULL CHECK (said IN ('sent', 'succeeded', 'failed')),
    reference    text NOT NULL,
    reason       text NOT NULL,
    came_at      timestamptz NOT NULL DEFAULT now(),  -- real time
    lease_until  timestamptz,
    noted        boolean NOT NULL DEFAULT false,  -- this very event brought its intent to an end
    applied_at   timestamptz,
    set_aside    text,
    PRIMARY KEY (marketplace, provider, event_id)
);
CREATE INDEX provider_inbox_waiting ON provider_inbox (came_at) WHERE applied_at IS NULL AND set_aside IS NULL;
CREATE INDEX provider_inbox_of_intent ON provider_inbox (marketplace, provider_key);
SELECT amends_privileges('provider_inbox', 'SELECT, INSERT', 'SELECT, INSERT, UPDATE, DELETE');

-- The sandbox provider stands in for a payment provider outside, so what it knows is its own and nothing refers to it.
CREATE SCHEMA amends_sandbox;
CREATE TABLE amends_sandbox.movement (
    marketplace  uuid   NOT NULL,
    key          text   COLLATE "C" NOT NULL,
    kind         text   NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency     text   NOT NULL,
    target       text   NOT NULL,
    reference    text   NOT NULL,
    calls        integer NOT NULL DEFAULT 1,  -- how often it was asked for; money moves once
    taken_at     timestamptz NOT NULL,
    answers_at   timestamptz,                 -- null: never by itself
    outcome      text   NOT NULL CHECK (outcome IN ('succeeded', 'failed')),
    reason       text   NOT NULL,
    told_at      timestamptz,
    PRIMARY KEY (marketplace, key)
);
CREATE INDEX movement_to_tell ON amends_sandbox.movement (marketplace, answers_at) WHERE told_at IS NULL;
CREATE TABLE amends_sandbox.line (
    marketplace uuid PRIMARY KEY,
    calls       bigint NOT NULL
);
SELECT amends_privileges('amends_sandbox.movement', 'SELECT', 'SELECT, INSERT, UPDATE');
SELECT amends_privileges('amends_sandbox.line', 'SELECT', 'SELECT, INSERT, UPDATE');
DO $$
DECLARE
    role text;
BEGIN
    FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN ('amends_owner', 'amends_app', 'amends_worker') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA amends_sandbox TO %I', role);
    END LOOP;
END
$$;

-- ── who is at work ──────────────────────────────────────────────────────────────────────────────────────────────────

-- One row a worker process, real time. Of no marketplace: whoever may see pages may see whether the clocks are in time.
CREATE TABLE worker_beat (
    worker     text COLLATE "C" PRIMARY KEY,
    started_at timestamptz NOT NULL,
    round_at   timestamptz NOT NULL,
    late_by    interval NOT NULL
);
DO $$
DECLARE
    role text;
BEGIN
    FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN ('amends_owner', 'amends_worker') LOOP
        EXECUTE format('GRANT ALL ON worker_beat TO %I', role);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'amends_app') THEN
        GRANT SELECT ON worker_beat TO amends_app;
    END IF;
END
$$;
