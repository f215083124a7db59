-- Writes or deletes one definition, counts the version up and tells everybody.
-- KEYS[1] webhooks · KEYS[2] version · KEYS[3] changes · KEYS[4] unapplied · KEYS[5] channel · KEYS[6] partitions
-- ARGV[1] webhook · ARGV[2] definition (JSON), empty = delete · ARGV[3] revision that must be stored, 0 = none,
-- empty = any · ARGV[4] partition · ARGV[5] what is to be applied (JSON) · ARGV[6] how many changes are kept
-- Returns the new version, a space and what is to be applied, or "conflict" or "missing"
local stored = redis.call("HGET", KEYS[1], ARGV[1])
if ARGV[3] == "0" then
  if stored then return "conflict" end
else
  if not stored then return "missing" end
  if ARGV[3] ~= "" and cjson.decode(stored).revision ~= tonumber(ARGV[3]) then return "conflict" end
end
local version = redis.call("INCR", KEYS[2])
if ARGV[2] == "" then
  redis.call("HDEL", KEYS[1], ARGV[1])
else
  redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
  redis.call("SADD", KEYS[6], ARGV[4])
end
redis.call("ZADD", KEYS[3], version, ARGV[1])
redis.call("ZREMRANGEBYRANK", KEYS[3], 0, -tonumber(ARGV[6]) - 1)
-- A drain that nobody has applied yet is not forgotten because another change follows.
local unapplied = cjson.decode(ARGV[5])
local note = redis.call("HGET", KEYS[4], ARGV[1])
if note and cjson.decode(string.match(note, " (.*)")).drain then unapplied.drain = true end
local text = version .. " " .. cjson.encode(unapplied)
redis.call("HSET", KEYS[4], ARGV[1], text)
redis.call("PUBLISH", KEYS[5], version)
return text
