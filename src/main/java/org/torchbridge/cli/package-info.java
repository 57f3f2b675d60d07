/** The command line. Needs the optional dependencies picocli, progressbar and slf4j-simple. */
@NullMarked
package org.torchbridge.cli;

import org.jspecify.annotations.NullMarked;
