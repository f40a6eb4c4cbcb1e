-- What the operator granted one client; null is the deployment's own limit, 0 is none.

ALTER TABLE clients ADD COLUMN per_user_per_minute INTEGER;
ALTER TABLE clients ADD COLUMN per_key_per_minute INTEGER;
