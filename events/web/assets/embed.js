// <saili-calendar region="310110016" month="2026-05" src="https://saili.example"></saili-calendar>: a month of Saili in a page of another site.
//
// Any filter of a calendar address is an attribute of the same name; `query` takes several at once, as an address has them. Without `month`
// the present one is shown. `src` is where Saili lives: needed only where this script is loaded as a module, else it is where it came from.
const FILTERS = ["tier", "region", "series", "board", "sport", "audience", "status", "registration", "when", "free", "q", "lang"];
const LEAST = 120;
const MOST = 20000;
const OURS = document.currentScript ? document.currentScript.src.replace(/\/embed\/saili\.js.*$/, "") : "";

class SailiCalendar extends HTMLElement {
  static get observedAttributes() {
    return [...FILTERS, "query", "month", "src"];
  }

  connectedCallback() {
    this.heard = (event) => this.hear(event);
    window.addEventListener("message", this.heard);
    this.show();
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.heard);
  }

  attributeChangedCallback() {
    if (this.frame) this.show();
  }

  // Where the frame leads; nothing when nobody said where Saili lives.
  address() {
    const site = (this.getAttribute("src") || OURS).replace(/\/+$/, "");
    if (!/^https?:\/\//.test(site)) return null;
    const query = new URLSearchParams(this.getAttribute("query") || "");
    for (const name of FILTERS) if (this.getAttribute(name)) query.append(name, this.getAttribute(name));
    const month = this.getAttribute("month");
    const address = new URL(site + "/embed/calendar" + (month ? "/" + encodeURIComponent(month) : ""));
    address.search = query;
    return address;
  }

  show() {
    const address = this.address();
    if (!address) {
      this.textContent = "<saili-calendar>: src=\"https://…\"?";
      return;
    }
    if (!this.frame) {
      this.frame = document.createElement("iframe");
      Object.assign(this.frame.style, { border: "0", width: "100%", height: "640px", display: "block" });
      this.replaceChildren(this.frame);
    }
    this.style.display = "block";
    this.frame.title = this.title || "赛历 Saili";
    this.origin = address.origin;
    this.frame.src = address.href;
  }

  // Only our own frame is listened to, and only while it shows Saili.
  hear(event) {
    if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== this.origin) return;
    const height = Number(event.data && event.data.saili && event.data.saili.height);
    if (height > 0) this.frame.style.height = Math.min(Math.max(height, LEAST), MOST) + "px";
  }
}

if (!customElements.get("saili-calendar")) customElements.define("saili-calendar", SailiCalendar);
