package org.torchbridge.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeTest {
    private final Graph graph = new Graph();
    private final Block body = graph.body();
    private final Value x = graph.addInput("x", Type.TENSOR);
    private Node first;
    private Node second;

    @BeforeEach
    void write() {
        first = body.append("aten::relu", List.of(x));
        first.addOutput(Type.TENSOR);
        second = body.append("aten::add", List.of(first.output(), first.output()));
        second.addOutput(Type.TENSOR);
    }

    @Test
    void usesFollowInputs() {
        assertThat(first.output().uses()).containsExactly(new Use(second, 0), new Use(second, 1));

        second.setInput(0, x);
        assertThat(first.output().uses()).containsExactly(new Use(second, 1));
        assertThat(x.uses()).containsExactly(new Use(first, 0), new Use(second, 0));

        second.removeInput(0);
        assertThat(x.uses()).containsExactly(new Use(first, 0));
        assertThat(first.output().uses()).containsExactly(new Use(second, 0));
    }

    @Test
    void oneValueTakesThePlaceOfAnother() {
        graph.addOutput(first.output());

        first.output().replaceAllUsesWith(x);

        assertThat(second.inputs()).containsExactly(x, x);
        assertThat(graph.outputs()).containsExactly(x);
        assertThat(first.output().isUsed()).isFalse();
    }

    @Test
    void onlyUnusedNodesAreTakenOut() {
        assertThatThrownBy(first::remove)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("%0 of aten::relu is still used");

        second.remove();
        first.remove();

        assertThat(body.nodes()).isEmpty();
        assertThat(first.owner()).isNull();
        assertThat(x.isUsed()).isFalse();
    }

    @Test
    void takingOutANodeFreesWhatItsBlocksUse() {
        Node branch = body.append("prim::If", List.of(x));
        Block inner = branch.addBlock();
        inner.append("aten::neg", List.of(x)).addOutput(Type.TENSOR);
        inner.addOutput(inner.nodes().get(0).output());

        branch.remove();

        assertThat(x.uses()).containsExactly(new Use(first, 0));
    }

    @Test
    void nodesMoveWithinAndBetweenBlocks() {
        Node third = body.append("aten::neg", List.of(x));
        third.moveBefore(first);
        assertThat(body.nodes()).containsExactly(third, first, second);
        third.moveBefore(body.result());
        assertThat(body.nodes()).containsExactly(first, second, third);
        third.moveBefore(third);
        assertThat(body.nodes()).containsExactly(first, second, third);

        Block inner = body.append("prim::If", List.of(x)).addBlock();
        third.moveBefore(inner.result());
        assertThat(inner.nodes()).containsExactly(third);
        assertThat(third.owner()).isSameAs(inner);
        assertThat(body.nodes()).hasSize(3);
    }

    @Test
    void placesAreChecked() {
        Block inner = body.append("prim::If", List.of(x)).addBlock();
        Node gone = body.append("aten::neg", List.of());
        gone.remove();

        assertThatThrownBy(() -> inner.insertBefore(first, "aten::neg", List.of()))
                .hasMessage("aten::relu is not in this block");
        assertThatThrownBy(() -> first.moveBefore(gone)).hasMessage("aten::neg is in no block");
    }

    @Test
    void outputIsTheOnlyOne() {
        Node two = body.append("aten::max", List.of(x));
        two.addOutput(Type.TENSOR);
        two.addOutput(Type.TENSOR);

        assertThatThrownBy(two::output).hasMessage("aten::max has 2 outputs, not one");
        two.removeOutput(1);
        assertThat(two.output()).isNotNull();
    }
}
