// Files that are let fall anywhere on the chat are attached; where none may be sent they do not open in its place.
export function takeDrops(host, { may, take, signal }) {
  const pane = host.closest("section") ?? host;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  pane.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    host.toggleAttribute("data-dropping", may());
  }, { signal });
  pane.addEventListener("dragleave", (event) => { if (!pane.contains(event.relatedTarget)) host.removeAttribute("data-dropping"); }, { signal });
  pane.addEventListener("drop", (event) => {
    host.removeAttribute("data-dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (may()) take(event.dataTransfer.files);
  }, { signal });
}
