import * as cctoken from "/js/inline.js";
import { show } from "/result.js";

show(cctoken);
