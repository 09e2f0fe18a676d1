import { createHash } from 'node:crypto';

/**
 * The Valkey functions of the partition processor. Each runs atomically on the server, touches only the keys that are
 * declared in its call (all of one partition, so of one slot), and is safe for binary values.
 *
 * The library's name carries a digest of its source: a process always calls exactly the functions that it was built with, and
 * an older process beside it keeps its own. Loading the same source again changes nothing.
 */
const SOURCE = `
-- KEYS: meta, outbox, timers, timer payloads, origins
-- ARGV: expected epoch ('' = take over whatever it is), incarnation to set when there is none, timers wanted, outbox entries wanted,
--       who claims (a claim whose answer was lost is not a rival's)
local function claim(keys, args)
  local meta = keys[1]
  if args[1] ~= '' then
    local now = redis.call('HMGET', meta, 'epoch', 'owner')
    if now[1] ~= args[1] and now[2] ~= args[5] then return {'fenced', now[1] or '0'} end
  end
  redis.call('HINCRBY', meta, 'epoch', 1)
  redis.call('HSET', meta, 'owner', args[5])
  redis.call('HSETNX', meta, 'incarnation', args[2])
  local fields = redis.call('HMGET', meta, 'epoch', 'offset', 'topic', 'clock', 'definitions', 'sequence', 'incarnation')
  local timers = redis.call('ZRANGE', keys[3], 0, tonumber(args[3]) - 1, 'WITHSCORES')
  local payloads = {}
  for i = 1, #timers, 2 do payloads[#payloads + 1] = redis.call('HGET', keys[4], timers[i]) end
  return {
    'claimed', fields, redis.call('HGETALL', keys[5]),
    redis.call('LLEN', keys[2]), redis.call('LRANGE', keys[2], 0, tonumber(args[4]) - 1),
    redis.call('ZCARD', keys[3]), timers, payloads
  }
end

-- The outbox's first entry has the sequence (last - length + 1); drops the entries up to and including args 'upTo'.
local function drop(outbox, last, upTo)
  local first = last - redis.call('LLEN', outbox) + 1
  if upTo >= first then redis.call('LTRIM', outbox, upTo - first + 1, -1) end
end

-- The first step of a definition set tells from which offset on the set is in force; the newest 100 are kept.
local function cut(cuts, number, offset)
  redis.call('HSETNX', cuts, number, offset)
  if redis.call('HLEN', cuts) <= 100 then return end
  local numbers = redis.call('HKEYS', cuts)
  table.sort(numbers, function(a, b) return tonumber(a) < tonumber(b) end)
  for i = 1, #numbers - 100 do redis.call('HDEL', cuts, numbers[i]) end
end

-- KEYS: meta, outbox, timers, timer payloads, origins, definition cuts, then state keys: set for good, set with a time to live,
--       deleted, appended to
-- ARGV: 1 epoch, 2 offset ('' = none yet), 3 topic id, 4 next offset, 5 clock, 6 definitions version, 7 outbox sequence before,
--       8 outbox acknowledged up to, 9 offset that the step starts from, also where it is the first,
--       10-17 counts: set, set with ttl, deleted, appended to, outputs, timers set, timers cancelled, origins;
--       then values; (value, ttl) pairs; (length before, bytes) pairs; outputs; (id, due, payload) triples; ids; (origin, sequence) pairs
local function step(keys, args)
  local meta, outbox = keys[1], keys[2]
  local now = redis.call('HMGET', meta, 'epoch', 'offset', 'topic', 'sequence', 'definitions')
  local offset, topic, sequence = now[2] or '', now[3] or args[3], tonumber(now[4] or '0')
  if now[1] ~= args[1] then return {'epoch', now[1] or '', offset, topic} end
  if topic ~= args[3] then return {'topic', now[1], offset, topic} end
  if offset ~= args[2] or sequence ~= tonumber(args[7]) then return {'offset', now[1], offset, topic} end
  local sets, ttls, dels, appends = tonumber(args[10]), tonumber(args[11]), tonumber(args[12]), tonumber(args[13])
  local outputs, timers, cancels, origins = tonumber(args[14]), tonumber(args[15]), tonumber(args[16]), tonumber(args[17])
  -- A value that has expired meanwhile, or was taken away, is not what the owner appended to. Nothing is changed yet.
  local appendKeys, appendArgs = 6 + sets + ttls + dels, 17 + sets + 2 * ttls
  for i = 1, appends do
    if redis.call('STRLEN', keys[appendKeys + i]) ~= tonumber(args[appendArgs + 2 * i - 1]) then
      return {'length', now[1], offset, topic}
    end
  end
  local k, a = 7, 18
  if sets > 0 then
    local pairs_ = {}
    for i = 1, sets do
      pairs_[2 * i - 1] = keys[k]
      pairs_[2 * i] = args[a]
      k, a = k + 1, a + 1
    end
    redis.call('MSET', unpack(pairs_))
  end
  for _ = 1, ttls do
    redis.call('SET', keys[k], args[a], 'PX', args[a + 1])
    k, a = k + 1, a + 2
  end
  if dels > 0 then redis.call('DEL', unpack(keys, k, k + dels - 1)) end
  for i = 1, appends do redis.call('APPEND', keys[appendKeys + i], args[appendArgs + 2 * i]) end
  a = a + 2 * appends
  local acknowledged = tonumber(args[8])
  if acknowledged > 0 then drop(outbox, sequence, acknowledged) end
  local left = outputs
  while left > 0 do
    local count = math.min(left, 1000)
    redis.call('RPUSH', outbox, unpack(args, a, a + count - 1))
    a, left = a + count, left - count
  end
  for _ = 1, timers do
    redis.call('ZADD', keys[3], args[a + 1], args[a])
    redis.call('HSET', keys[4], args[a], args[a + 2])
    a = a + 3
  end
  for _ = 1, cancels do
    redis.call('ZREM', keys[3], args[a])
    redis.call('HDEL', keys[4], args[a])
    a = a + 1
  end
  for _ = 1, origins do
    redis.call('HSET', keys[5], args[a], args[a + 1])
    a = a + 2
  end
  if tonumber(args[6]) > tonumber(now[5] or '0') then cut(keys[6], args[6], args[9]) end
  redis.call('HSET', meta, 'offset', args[4], 'topic', args[3], 'clock', args[5], 'definitions', args[6],
    'sequence', string.format('%.0f', sequence + outputs))
  return {'applied'}
end

-- KEYS: meta, outbox; ARGV: epoch, acknowledged sequence
local function trim(keys, args)
  local now = redis.call('HMGET', keys[1], 'epoch', 'sequence')
  if now[1] ~= args[1] then return 0 end
  drop(keys[2], tonumber(now[2] or '0'), tonumber(args[2]))
  return 1
end

-- KEYS: meta, outbox; ARGV: epoch, sequence, wanted: the entries from that sequence on
local function outbox(keys, args)
  local now = redis.call('HMGET', keys[1], 'epoch', 'sequence')
  if now[1] ~= args[1] then return {'fenced'} end
  local first = tonumber(now[2] or '0') - redis.call('LLEN', keys[2]) + 1
  local from = math.max(tonumber(args[2]) - first, 0)
  return {'read', redis.call('LRANGE', keys[2], from, from + tonumber(args[3]) - 1)}
end

-- KEYS: meta, timers, timer payloads; ARGV: epoch, wanted
local function timers(keys, args)
  if redis.call('HGET', keys[1], 'epoch') ~= args[1] then return {'fenced'} end
  local ids = redis.call('ZRANGE', keys[2], 0, tonumber(args[2]) - 1, 'WITHSCORES')
  local payloads = {}
  for i = 1, #ids, 2 do payloads[#payloads + 1] = redis.call('HGET', keys[3], ids[i]) end
  return {'read', redis.call('ZCARD', keys[2]), ids, payloads}
end

-- KEYS: meta, then state keys; ARGV: epoch. Answers values (false = none) and remaining milliseconds of those that expire.
local function load(keys, args)
  if redis.call('HGET', keys[1], 'epoch') ~= args[1] then return {'fenced'} end
  local values = redis.call('MGET', unpack(keys, 2))
  local ttls = {}
  for i = 1, #values do
    if values[i] then
      local ttl = redis.call('PTTL', keys[i + 1])
      if ttl >= 0 then
        ttls[#ttls + 1] = i - 1
        ttls[#ttls + 1] = ttl
      end
    end
  end
  return {'read', values, ttls}
end
`;

const VERSION = createHash('sha256').update(SOURCE).digest('hex').slice(0, 10);

export const LIBRARY_NAME = `hermes_partition_${VERSION}`;

export const FUNCTION_NAMES = {
  claim: `${LIBRARY_NAME}_claim`,
  step: `${LIBRARY_NAME}_step`,
  trim: `${LIBRARY_NAME}_trim`,
  outbox: `${LIBRARY_NAME}_outbox`,
  timers: `${LIBRARY_NAME}_timers`,
  load: `${LIBRARY_NAME}_load`,
} as const;

const READ_ONLY = new Set(['outbox', 'timers', 'load']);

/** What FUNCTION LOAD takes. */
export const LIBRARY_SOURCE = `#!lua name=${LIBRARY_NAME}
${SOURCE}
${Object.entries(FUNCTION_NAMES)
  .map(([local, name]) =>
    READ_ONLY.has(local)
      ? `redis.register_function{function_name='${name}', callback=${local}, flags={'no-writes'}}`
      : `redis.register_function('${name}', ${local})`,
  )
  .join('\n')}
`;
