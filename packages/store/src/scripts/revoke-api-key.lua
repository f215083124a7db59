-- Deletes an API key, counts the version up and tells everybody.
-- KEYS[1] API keys · KEYS[2] uses · KEYS[3] version · KEYS[4] channel
-- ARGV[1] id
-- Returns the new version, or "missing"
if redis.call("HDEL", KEYS[1], ARGV[1]) == 0 then return "missing" end
redis.call("HDEL", KEYS[2], ARGV[1])
local version = redis.call("INCR", KEYS[3])
redis.call("PUBLISH", KEYS[4], version)
return tostring(version)
