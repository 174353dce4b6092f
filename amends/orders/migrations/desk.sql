-- What of an order waits for staff, folded from its events like the rest of the row; nearly always nothing.
ALTER TABLE orders ADD COLUMN desk jsonb;
CREATE INDEX orders_at_desk ON orders (marketplace) WHERE desk IS NOT NULL;
-- What machines have given up, and a person has to look at: nearly always nothing, too.
CREATE INDEX orders_set_aside ON orders (marketplace) WHERE set_aside IS NOT NULL;
CREATE INDEX outbox_set_aside ON outbox (marketplace) WHERE set_aside IS NOT NULL;
CREATE INDEX provider_inbox_set_aside ON provider_inbox (marketplace) WHERE set_aside IS NOT NULL;
-- Rulings of before, to compare with; the newest are looked at.
CREATE INDEX event_of_rulings ON event (marketplace, at) WHERE type = 'RulingMade';

-- Who of the staff has taken which case, the newest row of each; nobody where `staff` is empty. It gives no rights and
-- takes none: whoever may decide may decide also what a colleague has taken.
CREATE TABLE case_taken (
    marketplace uuid    NOT NULL,
    order_key   text    COLLATE "C" NOT NULL,
    dispute     integer NOT NULL,  -- 0: the order itself
    number      integer NOT NULL CHECK (number > 0),
    staff       text    NOT NULL,
    by          text    NOT NULL CHECK (by <> ''),
    taken_at    timestamptz NOT NULL,
    key_id      uuid,
    reason      bytea,  -- sealed under the order's key, like everything staff write about it
    PRIMARY KEY (marketplace, order_key, dispute, number),
    CONSTRAINT case_taken_reason_has_its_key CHECK ((key_id IS NULL) = (reason IS NULL))
) /*partitioned*/;
CREATE TRIGGER case_taken_append_only BEFORE UPDATE OR DELETE ON case_taken
    FOR EACH ROW EXECUTE FUNCTION amends_append_only();
SELECT amends_privileges('case_taken', 'SELECT, INSERT', 'SELECT, INSERT');
