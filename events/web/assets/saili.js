// What pages gain where a script may run. Each part looks for its own element, and does nothing where there is none.
import "./js/search.js";
import "./js/grid.js";
import "./js/copying.js";
import "./js/push.js";
import "./js/entry.js";
import "./js/my.js";
import "./js/offline.js";
import "./js/print.js";
import "./js/event.js";
import "./js/map.js";
import "./js/near.js";
import "./js/waiting.js";
