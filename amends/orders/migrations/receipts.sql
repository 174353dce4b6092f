-- Files on their way in, so that no deadline lapses over one that came in time (docs/decisions/0013). A row is there from
-- before its first byte may be sent until it is evidence, refused or gone; nothing personal stands in it.
CREATE TABLE file_receipt (
    marketplace uuid NOT NULL,
    order_key   text COLLATE "C" NOT NULL,
    file        text COLLATE "C" NOT NULL CHECK (file ~ '^f_[0-9a-f]{32}$'),  -- the id it has or will have
    party       text COLLATE "C" NOT NULL CHECK (party IN ('buyer', 'seller')),
    asked_at    timestamptz NOT NULL,  -- its sender was told to send it; by the marketplace's clock, as the next two are
    received_at timestamptz,           -- all of it was here
    named_until timestamptz,           -- examined, and waits for the act that names it
    waits_until timestamptz NOT NULL,  -- real time: nobody waits longer for it
    sha256      bytea CHECK (octet_length(sha256) = 32),
    PRIMARY KEY (marketplace, order_key, file),
    CONSTRAINT file_receipt_is_named_once_it_is_received CHECK (named_until IS NULL OR received_at IS NOT NULL)
) /*partitioned*/;
SELECT amends_privileges('file_receipt', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE');
