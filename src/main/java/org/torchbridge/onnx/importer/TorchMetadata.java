package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/**
 * What the exporter of PyTorch's {@code torch.export} notes beside nodes and values: the modules that nodes are of, which
 * values are parameters, and what constants were computed from.
 */
final class TorchMetadata {
    private static final String SCOPES = "pkg.torch.onnx.name_scopes";
    private static final String CALL = "pkg.torch.onnx.fx_node";
    private static final String KIND = "pkg.torch.export.graph_signature.InputSpec.kind";
    private static final String SOURCES = "pkg.onnxscript.optimizer.folded_from";
    private static final String FOLDED_BIAS = ".weight_bias";

    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");
    private static final Pattern PARAMETER = Pattern.compile("%p_(\\w+)");

    private final Map<String, Map<String, String>> values = new HashMap<>();
    private final Set<String> parameters = new HashSet<>();
    private final Set<String> initializers = new HashSet<>();

    TorchMetadata(GraphProto graph) {
        for (ValueInfoProto info : graph.getValueInfoList()) {
            if (info.getMetadataPropsCount() > 0) {
                values.put(info.getName(), entries(info.getMetadataPropsList()));
            }
        }
        for (NodeProto node : graph.getNodeList()) {
            parameters.addAll(parameters(node));
        }
        for (TensorProto tensor : graph.getInitializerList()) {
            initializers.add(tensor.getName());
        }
    }

    private static Map<String, String> entries(List<StringStringEntryProto> list) {
        Map<String, String> entries = new HashMap<>();
        list.forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private static String entry(NodeProto node, String key) {
        return entries(node.getMetadataPropsList()).getOrDefault(key, "");
    }

    private static List<String> quoted(String list) {
        return QUOTED.matcher(list).results().map(found -> found.group(1)).toList();
    }

    /** The dotted path of the module that a node is of, empty for the model itself; null if nothing is noted. */
    static @Nullable String scope(NodeProto node) {
        List<String> scopes = quoted(entry(node, SCOPES));
        return scopes.size() < 2 ? null : scopes.get(scopes.size() - 2);
    }

    /** The parameters that the call in PyTorch takes which a node was made of, with underscores for dots. */
    private static List<String> parameters(NodeProto node) {
        List<String> found = new ArrayList<>();
        for (Matcher matcher = PARAMETER.matcher(entry(node, CALL)); matcher.find(); ) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String plain(String name) {
        return name.replace('.', '_');
    }

    /** Whether an initialiser is a buffer, or computed of numbers alone, and so no weight in any place. */
    boolean isFixed(String initializer) {
        Map<String, String> notes = values.getOrDefault(initializer, Map.of());
        if (notes.containsKey(KIND)) {
            return !notes.get(KIND).equals("PARAMETER");
        }
        return notes.containsKey(SOURCES) && sources(initializer).stream().noneMatch(this::isOfModule);
    }

    private List<String> sources(String initializer) {
        return quoted(values.getOrDefault(initializer, Map.of()).getOrDefault(SOURCES, ""));
    }

    private boolean isOfModule(String source) {
        return source.contains(".") || parameters.contains(source);
    }

    /** Whether an initialiser is a weight where it stands in the place of one only: buffers may have gone into it. */
    boolean isUncertain(String initializer) {
        return values.getOrDefault(initializer, Map.of()).containsKey(SOURCES)
                && sources(initializer).stream().noneMatch(source -> parameters.contains(plain(source)));
    }

    /** The parameter of the model that an initialiser alone was computed from, if that is an initialiser too. */
    @Nullable
    String shared(String initializer) {
        List<String> sources = sources(initializer);
        return sources.size() == 1 && initializers.contains(sources.get(0)) && isParameter(sources.get(0))
                ? sources.get(0)
                : null;
    }

    private boolean isParameter(String initializer) {
        return "PARAMETER".equals(values.getOrDefault(initializer, Map.of()).get(KIND));
    }

    /** What a person would call an initialiser: the only parameter that it was computed from, or the bias of its module. */
    String name(String initializer) {
        if (initializer.endsWith(FOLDED_BIAS)) {
            return initializer.substring(0, initializer.length() - FOLDED_BIAS.length()) + ".bias";
        }
        List<String> sources = sources(initializer).stream()
                .filter(source -> parameters.contains(plain(source)) && !initializers.contains(source))
                .toList();
        return sources.size() == 1 ? sources.get(0) : initializer;
    }

    /**
     * The name that a weight has in the module of a node, since only one of several that are filled with the same number is
     * written: {@code name} itself if it is the node's own.
     */
    String own(NodeProto node, String name) {
        String scope = scope(node);
        if (scope == null || !isParameter(name) || parameters(node).contains(plain(name))) {
            return name;
        }
        String own = scope + name.substring(Math.max(0, name.lastIndexOf('.')));
        return parameters(node).contains(plain(own)) || isWithout(node) ? own : name;
    }

    /** Whether a node normalises without weights, with constants for them. */
    boolean isWithout(NodeProto node) {
        return scope(node) != null
                && node.getOpType().endsWith("Normalization")
                && parameters(node).isEmpty();
    }
}
