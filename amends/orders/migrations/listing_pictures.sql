-- What a listing shows is kept itself: where its pieces lie, sealed under a key of the picture's own. Of a picture that
-- came before this there are the measures alone, until it is sent again.
ALTER TABLE listing_picture
    ADD COLUMN key_id uuid,
    ADD COLUMN pieces jsonb,   -- reading and thumbnail: address and lengths of each
    ADD CONSTRAINT listing_picture_lies_under_a_key CHECK ((key_id IS NULL) = (pieces IS NULL));
CREATE INDEX listing_picture_pieces ON listing_picture USING gin (pieces jsonb_path_ops);
SELECT amends_privileges('listing_picture', 'UPDATE', 'UPDATE');
