-- Ends the rest of a batch: it is due at once, in its old place. One that was only to rest goes on as it is.
-- ARGV[3] webhook · ARGV[4] batch
-- Returns JSON: answer applied | open | gone, hints, notes
local id = ARGV[4]
local w, state = find_batch(id)
if not w then return cjson.encode(reply) end
redis.call("HSET", K.batch .. id, "pr", 0)
if state == "p" then unpark(w, id) end
advance(w)
reply.answer = "applied"
return cjson.encode(reply)
