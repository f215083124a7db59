-- Shared by all scripts of a partition, in front of partition.lua: the account of what the partition stores.
-- usage    hash: b bytes of chunks and batches · r bytes of what is recorded of batches that ended or failed · a what of b
--   will be free when all that was set aside is in files, about (what others use as well stays)
-- records  zset: webhook → its share of r
-- What is counted is remembered where it is stored, and only that is taken off when it goes. So what an earlier version
-- stored without counting it never makes the account wrong:
--   a chunk's field s: its text as it is stored, packed or not, its end offsets and CHUNK_BYTES
--   a batch's field z, an open one's oz of its webhook: BATCH_BYTES when it is sealed, REFERENCE_BYTES for each range
--   a record without a TTL: RECORD_BYTES, and for each entry its text and ENTRY_BYTES. One with a TTL is not counted.
--   a webhook's successes, when its field sc is 1: for each its text and ENTRY_BYTES

-- What Redis needs beside the text, as MEMORY USAGE tells: keys, names of fields, places in sorted sets.
local CHUNK_BYTES = 450
local REFERENCE_BYTES = 50
local BATCH_BYTES = 850
local RECORD_BYTES = 350
local ENTRY_BYTES = 16

local usage

-- The bytes that the partition stores.
local function used()
  if not usage then
    local counted = redis.call("HMGET", K.usage, "b", "r", "a")
    usage = { b = tonumber(counted[1] or 0), r = tonumber(counted[2] or 0), a = tonumber(counted[3] or 0) }
  end
  return usage.b + usage.r
end

-- The same without what will soon be in files.
local function used_to_stay() return used() - usage.a end

local function count_usage(field, bytes)
  if bytes == 0 then return end
  local counted = redis.call("HINCRBY", K.usage, field, bytes)
  if counted < 0 then
    redis.call("HSET", K.usage, field, 0)
    counted = 0
  end
  if usage then usage[field] = counted end
end

-- `webhook` = whose records they are, nil when it was deleted.
local function count_records(webhook, bytes)
  if bytes == 0 then return end
  if webhook then redis.call("ZINCRBY", K.records, bytes, webhook) end
  count_usage("r", bytes)
end

local function entry_bytes(texts)
  local bytes = 0
  for _, text in ipairs(texts) do bytes = bytes + #text + ENTRY_BYTES end
  return bytes
end

-- Removes what is recorded of these batches.
local function drop_records(webhook, batches)
  local bytes = 0
  for _, id in ipairs(batches) do
    local key = K.record .. id
    if redis.call("PTTL", key) == -1 then bytes = bytes + RECORD_BYTES + entry_bytes(redis.call("LRANGE", key, 0, -1)) end
    redis.call("DEL", key)
  end
  count_records(webhook, -bytes)
end
