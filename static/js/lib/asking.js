// A fragment of ours, or an error: being led away to sign in is one.
export async function fragment(address, signal) {
  const response = await fetch(address, {
    headers: { "HX-Request": "true" },
    redirect: "manual",
    cache: "no-store",
    signal: signal ?? AbortSignal.timeout(15_000),
  });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  const mould = document.createElement("template");
  mould.innerHTML = await response.text();
  return mould.content;
}
