// Loaded into every process of a measurement, so that none outlives a benchmark that was killed.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
