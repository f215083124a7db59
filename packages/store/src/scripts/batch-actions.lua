-- Shared by the scripts with which somebody steers batches; put behind advance.lua.

-- The webhook of ARGV[3] and the state of its batch, or nil after saying in the reply why there is none.
local function find_batch(id)
  local w = load_webhook(ARGV[3])
  if not w then
    reply.answer = "gone"
    return nil
  end
  if w.ob == id then
    reply.answer = "open"
    return nil
  end
  local b = batch_fields(id, "w", "s", "i")
  if b[1] ~= w.id or (b[3] or "") ~= (w["in"] or "") then
    reply.answer = "gone"
    return nil
  end
  return w, b[2]
end

-- Why nothing of a webhook may be tried now; nil when it may.
local function untried_reason(w)
  if not is_active(w) then return "inactive" end
  if is_all_paused() then return "all-paused" end
  if is_paused(w) then return "paused" end
end

local function discard(w, id)
  record(w, id, fate_record(id, "discarded"))
  redis.call("HINCRBY", K.webhook .. w.id, "dc", 1)
  drop_batch(w, id)
end
