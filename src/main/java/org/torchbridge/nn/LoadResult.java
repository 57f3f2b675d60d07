package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@link Module#loadStateDict} found.
 *
 * @param missing keys that the module has and the state dict has not
 * @param unexpected keys that the state dict has and the module has not
 * @param mismatched keys whose shapes differ, with a sentence that says how
 * @param errors what hooks had to say
 */
public record LoadResult(
        List<String> missing, List<String> unexpected, Map<String, String> mismatched, List<String> errors) {

    /** Whether every key was there, with the right shape, and no other one, and no hook objected. */
    public boolean isComplete() {
        return missing.isEmpty() && unexpected.isEmpty() && mismatched.isEmpty() && errors.isEmpty();
    }

    /** All that does not fit, as Python words it. */
    String message(String moduleName) {
        List<String> lines = new ArrayList<>();
        if (!missing.isEmpty()) {
            lines.add("Missing key(s) in state_dict: " + quoted(missing) + ". ");
        }
        if (!unexpected.isEmpty()) {
            lines.add("Unexpected key(s) in state_dict: " + quoted(unexpected) + ". ");
        }
        lines.addAll(mismatched.values());
        lines.addAll(errors);
        return "Error(s) in loading state_dict for " + moduleName + ":\n\t" + String.join("\n\t", lines);
    }

    private static String quoted(List<String> keys) {
        return keys.stream().map(key -> '"' + key + '"').collect(Collectors.joining(", "));
    }
}
