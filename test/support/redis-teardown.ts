export default async function tearDown(): Promise<void> {
  await globalThis.sharedRedis?.remove();
  globalThis.sharedRedis = undefined;
}
