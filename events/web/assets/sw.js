// The worker of the whole site. One import a line for what else it does.
import "./js/offline-worker.js";
