-- Makes everything of a webhook that waits or is scheduled due at once, oldest first, and counts the webhook as healthy.
-- ARGV[3] webhook
-- Returns JSON: answer applied (+ batches that it concerns) | inactive | paused | all-paused | gone, hints, notes
local w = load_webhook(ARGV[3])
if not w then
  reply.answer = "gone"
  return cjson.encode(reply)
end
reply.answer = untried_reason(w)
if reply.answer then return cjson.encode(reply) end
reply.answer = "applied"
reply.batches = redis.call("ZCARD", K.ready .. w.id) + redis.call("ZCARD", K.scheduled .. w.id)
start_over(w)
advance(w)
return cjson.encode(reply)
