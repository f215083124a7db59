-- Ends the lease of an idempotent request if it is still the holder's.
-- KEYS[1] the request's record, see begin-request.lua
-- ARGV[1] holder
if redis.call("HGET", KEYS[1], "h") == ARGV[1] then redis.call("HSET", KEYS[1], "l", 0) end
return 0
