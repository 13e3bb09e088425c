// A browser starts no worker from a file on a disk. There the search of the site runs in a hidden frame instead.
"use strict";
if (location.protocol === "file:") {
  window.Worker = class {
    onmessage = null;
    onerror = null;

    constructor(url) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.onmessage?.(new MessageEvent("message", { data }));
      const script = inside.document.createElement("script");
      script.src = new URL(url, location.href).href;
      script.onerror = (event) => this.onerror?.(event);
      this.loaded = new Promise((resolve) => (script.onload = resolve));
      inside.document.body.append(script);
    }

    postMessage(data) {
      const deliver = () => this.frame.contentWindow?.dispatchEvent(new MessageEvent("message", { data }));
      this.loaded.then(deliver);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
