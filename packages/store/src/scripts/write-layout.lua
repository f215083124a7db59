-- Notes which layout the data have from now on, if it is still the one that was found.
-- KEYS[1] layout
-- ARGV[1] layout that was found, 0 = none · ARGV[2] layout from now on
-- Returns the layout now
local found = redis.call("GET", KEYS[1]) or "0"
if found ~= ARGV[1] then return found end
redis.call("SET", KEYS[1], ARGV[2])
return ARGV[2]
