-- Prolongs the lease of an attempt. ARGV[3] batch · ARGV[4] attempt
-- Returns JSON: held true | false
local id = ARGV[3]
local b = batch_fields(id, "w", "s", "a")
local held = b[2] == "l" and tonumber(b[3]) == tonumber(ARGV[4]) and redis.call("EXISTS", K.webhook .. b[1]) == 1
if held then redis.call("ZADD", K.slots .. b[1], "XX", now + limits.leaseMs, id) end
return cjson.encode({ held = held })
