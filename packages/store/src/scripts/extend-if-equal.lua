-- Prolongs the life of a text if it is still this one.
-- KEYS[1] a lock
-- ARGV[1] the text · ARGV[2] its life from now in ms
-- Returns 1 when it was prolonged, else 0
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])
