-- Strikes off the note that a change is still to be applied, unless the webhook was changed again.
-- KEYS[1] unapplied · ARGV[1] webhook · ARGV[2] version of the change
-- Returns 1 when struck off
local note = redis.call("HGET", KEYS[1], ARGV[1])
if note and string.sub(note, 1, #ARGV[2] + 1) == ARGV[2] .. " " then return redis.call("HDEL", KEYS[1], ARGV[1]) end
return 0
