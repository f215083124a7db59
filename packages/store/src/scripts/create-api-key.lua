-- Stores a new API key, counts the version up and tells everybody.
-- KEYS[1] API keys · KEYS[2] version · KEYS[3] channel
-- ARGV[1] id · ARGV[2] key (JSON)
-- Returns the new version, or "exists"
if redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2]) == 0 then return "exists" end
local version = redis.call("INCR", KEYS[2])
redis.call("PUBLISH", KEYS[3], version)
return tostring(version)
