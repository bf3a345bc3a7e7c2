// Its settings come from <meta name="htmx-config"> in base.html: no inline styles, no eval, our own host only.
import "htmx.org";
