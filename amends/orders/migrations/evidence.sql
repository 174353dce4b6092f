-- Uploaded files: what is known of them, who looked, and what tells a picture again.

-- A file somebody uploaded to an order. Until it has arrived and was examined nothing is known of it; what lies in the
-- store is sealed under the giver's key, and so is the name he gave it.
CREATE TABLE evidence_file (
    marketplace  uuid   NOT NULL,
    order_key    text   COLLATE "C" NOT NULL,
    file         text   COLLATE "C" NOT NULL CHECK (file ~ '^f_[0-9a-f]{32}$'),
    giver        text   NOT NULL,
    party        text   COLLATE "C" NOT NULL,
    state        text   COLLATE "C" NOT NULL CHECK (state IN ('arriving', 'kept', 'linked', 'removed')),
    key_id       uuid   NOT NULL,
    name         bytea  NOT NULL,
    kind         text   COLLATE "C",
    media_type   text   COLLATE "C",
    size         bigint,
    sha256       bytea  CHECK (octet_length(sha256) = 32),  -- of the original as it was sent
    pieces       jsonb,                                      -- what lies in the store: address and lengths of each
    facts        jsonb,
    hints        jsonb,
    begun_at     timestamptz NOT NULL DEFAULT now(),         -- real time, also in a sandbox
    received_at  timestamptz,                                -- the whole file was here: what a deadline goes by
    linked_event integer,
    PRIMARY KEY (marketplace, order_key, file),
    CONSTRAINT evidence_file_is_known_once_it_is_kept CHECK (state IN ('arriving', 'removed') OR (kind IS NOT NULL
        AND media_type IS NOT NULL AND size IS NOT NULL AND sha256 IS NOT NULL AND pieces IS NOT NULL
        AND facts IS NOT NULL AND hints IS NOT NULL AND received_at IS NOT NULL)),
    CONSTRAINT evidence_file_linked_by_an_event CHECK (state <> 'linked' OR linked_event IS NOT NULL)
) /*partitioned*/;
CREATE INDEX evidence_file_loose ON evidence_file (begun_at) WHERE state <> 'linked';
CREATE INDEX evidence_file_pieces ON evidence_file USING gin (pieces jsonb_path_ops);
CREATE INDEX evidence_file_same ON evidence_file (marketplace, sha256);
SELECT amends_privileges('evidence_file', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE');

-- Who looked at which file, every time, in real time.
CREATE TABLE evidence_view (
    marketplace uuid NOT NULL,
    order_key   text COLLATE "C" NOT NULL,
    file        text COLLATE "C" NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    viewer      text NOT NULL,
    as_what     text COLLATE "C" NOT NULL,
    PRIMARY KEY (marketplace, order_key, file, at, viewer, as_what)
) /*partitioned*/;
CREATE TRIGGER evidence_view_append_only BEFORE UPDATE OR DELETE ON evidence_view
    FOR EACH ROW EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('evidence_view', 'SELECT, INSERT', 'SELECT, INSERT');

-- By what pictures that look alike are found (vault/likeness.py): four keys a picture.
CREATE TABLE picture_key (
    marketplace uuid     NOT NULL,
    order_key   text     COLLATE "C" NOT NULL,
    file        text     COLLATE "C" NOT NULL,
    position    smallint NOT NULL,
    key         integer  NOT NULL,
    PRIMARY KEY (marketplace, order_key, file, position)
) /*partitioned*/;
CREATE INDEX picture_key_found ON picture_key (marketplace, key);
SELECT amends_privileges('picture_key', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE');

-- What a listing of the marketplace shows: not the picture, but what tells it again where it is given as evidence.
CREATE TABLE listing_picture (
    marketplace uuid   NOT NULL,
    listing     text   COLLATE "C" NOT NULL CHECK (octet_length(listing) BETWEEN 1 AND 800),
    sha256      bytea  NOT NULL CHECK (octet_length(sha256) = 32),
    media_type  text   COLLATE "C" NOT NULL,
    size        bigint NOT NULL,
    facts       jsonb  NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, listing, sha256)
);
CREATE INDEX listing_picture_same ON listing_picture (marketplace, sha256);
SELECT amends_privileges('listing_picture', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE');

CREATE TABLE listing_picture_key (
    marketplace uuid     NOT NULL,
    listing     text     COLLATE "C" NOT NULL,
    sha256      bytea    NOT NULL,
    position    smallint NOT NULL,
    key         integer  NOT NULL,
    PRIMARY KEY (marketplace, listing, sha256, position)
);
CREATE INDEX listing_picture_key_found ON listing_picture_key (marketplace, key);
SELECT amends_privileges('listing_picture_key', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE');
