import { show } from "/result.js";

show(window.cctoken);
