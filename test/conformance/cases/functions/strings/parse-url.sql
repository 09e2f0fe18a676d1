-- PARSE_URL over ordinary values, limits and NULLs.
-- covers: PARSE_URL
-- input strs from ../../rows/strs.ndjson
CREATE TABLE strs (id INT, s STRING, t STRING, n INT, c CHAR(5), v VARCHAR(10)) WITH ('connector' = 'conformance');
SELECT
  id,
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'HOST'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'PATH'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'QUERY'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'REF'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'PROTOCOL'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'FILE'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'AUTHORITY'),
  PARSE_URL('http://user@host.com:80/path/p.php?query=1&k=v#Ref', 'USERINFO'),
  PARSE_URL('http://h/p?query=1&k=v', 'QUERY', 'k'),
  PARSE_URL(s, 'HOST'),
  PARSE_URL('http://h/p?a=1', 'QUERY', 'b')
FROM strs;
