-- Puts another text in the place of a text if that is still there.
-- KEYS[1] the key of a text
-- ARGV[1] the text · ARGV[2] the other one
-- Returns 1 when it was replaced, else 0
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2])
return 1
