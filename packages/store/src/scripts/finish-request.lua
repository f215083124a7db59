-- Stores the answer of an idempotent request, unless another try has stored one.
-- KEYS[1] the request's record, see begin-request.lua
-- ARGV[1] append id · ARGV[2] answer
-- Returns the answer that counts. A record that is gone, or another one under the same key, is left alone.
local id, answer = unpack(redis.call("HMGET", KEYS[1], "a", "r"))
if id ~= ARGV[1] then return ARGV[2] end
if answer then return answer end
redis.call("HSET", KEYS[1], "r", ARGV[2])
return ARGV[2]
