-- Lets a batch rest; one that is in flight rests when its attempt has ended without success.
-- ARGV[3] webhook · ARGV[4] batch
-- Returns JSON: answer applied | open | gone, hints, notes
local id = ARGV[4]
local w, state = find_batch(id)
if not w then return cjson.encode(reply) end
if state == "l" then
  redis.call("HSET", K.batch .. id, "pr", 1)
elseif state ~= "p" then
  park(w, id)
end
advance(w)
reply.answer = "applied"
return cjson.encode(reply)
