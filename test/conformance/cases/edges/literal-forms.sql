-- How numbers, texts and times are written decides their types.
-- covers: literals, TYPEOF
SELECT 1., TYPEOF(1.), .5, TYPEOF(.5), 1e3, 1E-2, 007, TYPEOF(1.50), TYPEOF(2147483648), TYPEOF('é'), TYPEOF('😀'), CHAR_LENGTH('😀'), TIMESTAMP '2024-02-28', DATE '2024-2-3', TIME '1:02:03', U&'\00e9', x'4142', TYPEOF(x'41');
