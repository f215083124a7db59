-- Deletes a batch that is not in flight, and records that.
-- ARGV[3] webhook · ARGV[4] batch
-- Returns JSON: answer applied | in-flight | open | gone, hints, notes
local id = ARGV[4]
local w, state = find_batch(id)
if not w then return cjson.encode(reply) end
if state == "l" then
  reply.answer = "in-flight"
  return cjson.encode(reply)
end
discard(w, id)
advance(w)
reply.answer = "applied"
return cjson.encode(reply)
