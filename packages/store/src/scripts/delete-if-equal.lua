-- Deletes a text if it is still this one.
-- KEYS[1] the key of a text: a token, or who holds a lock
-- ARGV[1] the text
-- Returns 1 when it was deleted, else 0
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])
