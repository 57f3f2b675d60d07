package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Value;

class AliasesTest {
    private static final Graph GRAPH = GraphText.parse(
            """
            graph(%x : Tensor, %n : int):
              %w : Tensor = prim::GetAttr[name="weight"]()
              %a : Tensor = aten::neg(%x)
              %view : Tensor = aten::select(%a, %n, %n)
              %b : Tensor = aten::neg(%x)
              %c : Tensor = aten::relu_(%b)
              %list : Tensor[] = prim::ListConstruct(%a, %b)
              %cat : Tensor = aten::cat(%list, %n)
              %d : Tensor = aten::neg(%x)
              %e : Tensor = aten::neg(%x)
              %others : Tensor[] = prim::ListConstruct(%d, %e)
              %f : Tensor = aten::__getitem__(%others, %n)
              return (%cat, %f)
            """);
    private static final Map<String, Value> VALUES = new HashMap<>();
    private static final Aliases ALIASES = Aliases.of(GRAPH);

    static {
        GRAPH.inputs().forEach(value -> VALUES.put(value.name(), value));
        GRAPH.forEachNode(node -> node.outputs().forEach(value -> VALUES.put(value.name(), value)));
    }

    private static boolean mayAlias(String one, String other) {
        return ALIASES.of(VALUES.get(one)).contains(VALUES.get(other));
    }

    @Test
    void viewsAndResultsInPlaceShareMemory() {
        assertThat(mayAlias("a", "view")).isTrue();
        assertThat(mayAlias("b", "c")).isTrue();
        assertThat(mayAlias("x", "a")).isFalse();
        assertThat(mayAlias("a", "b")).isFalse();
        assertThat(mayAlias("list", "cat")).isFalse();
    }

    @Test
    void elementsAreReachedThroughTheirListAndEachOtherIfTheyAreTakenOut() {
        assertThat(mayAlias("view", "list")).isTrue();
        assertThat(mayAlias("d", "e")).isTrue();
        assertThat(mayAlias("d", "f")).isTrue();
    }

    @Test
    void whatIsWrittenIntoIsKnown() {
        assertThat(ALIASES.isWritten(VALUES.get("b"))).isTrue();
        assertThat(ALIASES.isWritten(VALUES.get("c"))).isTrue();
        assertThat(ALIASES.isWritten(VALUES.get("list"))).isTrue();
        assertThat(ALIASES.isWritten(VALUES.get("a"))).isFalse();
    }

    @Test
    void whatComesInAndGoesOutIsKnown() {
        assertThat(ALIASES.comesFromOutside(VALUES.get("x"))).isTrue();
        assertThat(ALIASES.comesFromOutside(VALUES.get("w"))).isTrue();
        assertThat(ALIASES.comesFromOutside(VALUES.get("view"))).isFalse();
        assertThat(ALIASES.isHandedOut(VALUES.get("d"))).isTrue();
        assertThat(ALIASES.isHandedOut(VALUES.get("a"))).isFalse();
    }
}
