-- What a seller keeps ready to write: name and text, sealed under the seller's own key, so erased with the person.
CREATE TABLE seller_template (
    marketplace uuid  NOT NULL,
    seller      text  COLLATE "C" NOT NULL CHECK (seller <> ''),
    template    uuid  NOT NULL,
    key_id      uuid  NOT NULL,
    sealed      bytea NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, seller, template)
);
SELECT amends_privileges('seller_template', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT, DELETE');

-- A seller's orders, for his record and his list; those he may have something to do about; and who asked for more time.
CREATE INDEX orders_of_seller ON orders (marketplace, seller, placed_at);
CREATE INDEX orders_to_do ON orders (marketplace, seller) WHERE open_disputes > 0 OR status = 'paid';
CREATE INDEX event_asks_more_time ON event (marketplace, at) WHERE type = 'ExtensionRequested';
