-- Has a batch tried before all others, also while its webhook is failing or held. A paused batch is resumed.
-- ARGV[3] webhook · ARGV[4] batch
-- Returns JSON: answer applied | in-flight | inactive | paused | all-paused | open | gone, hints, notes
local id = ARGV[4]
local w, state = find_batch(id)
if not w then return cjson.encode(reply) end
reply.answer = state == "l" and "in-flight" or untried_reason(w)
if reply.answer then return cjson.encode(reply) end
redis.call("HSET", K.batch .. id, "m", 1)
-- One that is reserved already gets another job, which nothing holds back.
if state == "p" then unpark(w, id) else to_ready(w, id) end
advance(w)
reply.answer = "applied"
return cjson.encode(reply)
