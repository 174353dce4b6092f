-- Where a person is written to, and in which words. The address is sealed under the person's own key.
CREATE TABLE contact (
    marketplace uuid  NOT NULL,
    person      text  COLLATE "C" NOT NULL CHECK (person <> ''),
    key_id      uuid,
    address     bytea,                                  -- an e-mail address, sealed
    language    text  COLLATE "C" NOT NULL DEFAULT '',
    zone        text  COLLATE "C" NOT NULL DEFAULT '',
    unwanted    text[] NOT NULL DEFAULT '{}',           -- kinds of letters this person does not want
    digest_at   timestamptz,                            -- when the next daily letter is due; null: none is wanted
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, person),
    CONSTRAINT contact_address_has_its_key CHECK ((address IS NULL) = (key_id IS NULL))
);
CREATE INDEX contact_digest_due ON contact (digest_at) WHERE digest_at IS NOT NULL AND address IS NOT NULL;
SELECT amends_privileges('contact', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE, DELETE');

-- What a person is told: which event or reminder of which order. The words are made when it is read.
CREATE TABLE notice (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    person      text    COLLATE "C" NOT NULL,
    event       integer NOT NULL,                        -- 0 for a reminder
    topic       text    COLLATE "C" NOT NULL,
    party       text    COLLATE "C" NOT NULL CHECK (party IN ('buyer', 'seller')),
    kind        text    COLLATE "C" NOT NULL,
    at          timestamptz NOT NULL,                    -- on the marketplace's own clock
    read_at     timestamptz,
    mailed_at   timestamptz,
    PRIMARY KEY (marketplace, order_key, person, event, topic)
) /*partitioned*/;
CREATE INDEX notice_of_person ON notice (marketplace, person, at DESC);
CREATE INDEX notice_unread ON notice (marketplace, person) WHERE read_at IS NULL;
SELECT amends_privileges('notice', 'SELECT, UPDATE', 'SELECT, INSERT, UPDATE, DELETE');
