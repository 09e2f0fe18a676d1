-- NULL is without a limit: every feature and the activity, any number of reads.
ALTER TABLE console.keys
  ADD COLUMN features         text[]  CHECK (cardinality(features) > 0),
  ADD COLUMN reads_per_minute integer CHECK (reads_per_minute > 0);
