"""Models as people write them, each trained for some steps: PortedModelsTest has the same classes in Java.

A row has what the models print, their first state, the loss of each step and the state after the last one. Writes
tests/resources/nn/ported_models.txt.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.nn.utils.rnn import pack_padded_sequence

from golden import Golden

STEPS = 5


# ---- convolutional networks


class Vgg(nn.Module):
    def __init__(self, sizes, num_classes):
        super().__init__()
        self.features = self.make_layers(sizes)
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Linear(sizes[-1] * 2 * 2, 16),
            nn.ReLU(True),
            nn.Dropout(0.3),
            nn.Linear(16, num_classes),
        )

    @staticmethod
    def make_layers(sizes):
        layers = []
        in_channels = 3
        for size in sizes:
            if size == "M":
                layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            else:
                layers += [nn.Conv2d(in_channels, size, kernel_size=3, padding=1), nn.BatchNorm2d(size), nn.ReLU(True)]
                in_channels = size
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.features(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


class DoubleConv(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class Up(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, in_channels // 2, kernel_size=2, stride=2)
        self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, x, skip):
        x = self.up(x)
        dh = skip.size(2) - x.size(2)
        dw = skip.size(3) - x.size(3)
        x = F.pad(x, [dw // 2, dw - dw // 2, dh // 2, dh - dh // 2])
        return self.conv(torch.cat([skip, x], dim=1))


class UNet(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.inc = DoubleConv(channels, 2)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(2, 4))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 8))
        self.up1 = Up(8, 4)
        self.up2 = Up(4, 2)
        self.outc = nn.Conv2d(2, classes, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x = self.up1(x3, x2)
        x = self.up2(x, x1)
        return self.outc(x)


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        scale = x.mean((2, 3), keepdim=True)
        scale = F.silu(self.fc1(scale))
        return x * torch.sigmoid(self.fc2(scale))


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, out_channels, stride, expand):
        super().__init__()
        hidden = in_channels * expand
        self.use_residual = stride == 1 and in_channels == out_channels
        self.conv = nn.Sequential(
            nn.Conv2d(in_channels, hidden, 1, bias=False),
            nn.GroupNorm(2, hidden),
            nn.SiLU(),
            nn.Conv2d(hidden, hidden, 3, stride=stride, padding=1, groups=hidden, bias=False),
            nn.GroupNorm(2, hidden),
            nn.SiLU(),
            SqueezeExcite(hidden, 4),
            nn.Conv2d(hidden, out_channels, 1, bias=False),
            nn.GroupNorm(2, out_channels),
        )

    def forward(self, x):
        return x + self.conv(x) if self.use_residual else self.conv(x)


class MobileNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Hardswish())
        self.blocks = nn.ModuleList(
            [InvertedResidual(8, 8, 1, 2), InvertedResidual(8, 12, 2, 2), InvertedResidual(12, 12, 1, 2)]
        )
        self.head = nn.Linear(12, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
            elif isinstance(m, nn.Linear):
                nn.init.trunc_normal_(m.weight, std=0.02)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.head(x)


# ---- generative networks


class Generator(nn.Module):
    def __init__(self, nz, ngf):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, 1, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self, ndf):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(1, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.main(x).view(-1)


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


def gan(g, d):
    criterion = nn.BCELoss()
    optimizer_d = optim.Adam(d.parameters(), lr=0.002, betas=(0.5, 0.999))
    optimizer_g = optim.Adam(g.parameters(), lr=0.002, betas=(0.5, 0.999))
    losses = []
    for step in range(STEPS):
        d.zero_grad()
        real = torch.rand(4, 1, 16, 16) * 2 - 1
        label = torch.ones(4)
        error_real = criterion(d(real), label)
        error_real.backward()
        fake = g(torch.randn(4, 6, 1, 1))
        error_fake = criterion(d(fake.detach()), label.fill_(0))
        error_fake.backward()
        optimizer_d.step()
        g.zero_grad()
        error_g = criterion(d(fake), label.fill_(1))
        error_g.backward()
        optimizer_g.step()
        losses += [error_real + error_fake, error_g]
    return losses


class Vae(nn.Module):
    def __init__(self, inputs, hidden, latent):
        super().__init__()
        self.fc1 = nn.Linear(inputs, hidden)
        self.fc21 = nn.Linear(hidden, latent)
        self.fc22 = nn.Linear(hidden, latent)
        self.fc3 = nn.Linear(latent, hidden)
        self.fc4 = nn.Linear(hidden, inputs)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 36))
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar


def vae_loss(recon_x, mu, logvar, x):
    bce = F.binary_cross_entropy(recon_x, x.view(-1, 36), reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + kld


# ---- sequences


class TextClassifier(nn.Module):
    def __init__(self, vocabulary, embed_dim, hidden, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embed_dim, padding_idx=0)
        self.lstm = nn.LSTM(embed_dim, hidden, num_layers=2, batch_first=True, dropout=0.2, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(2 * hidden, classes)

    def forward(self, text, lengths):
        embedded = self.dropout(self.embedding(text))
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        output, (hidden, cell) = self.lstm(packed)
        hidden = torch.cat((hidden[-2], hidden[-1]), dim=1)
        return self.fc(self.dropout(hidden))


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout, max_len):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * div_term)
        pe[:, 0, 1::2] = torch.cos(position * div_term)
        # The sine of later releases differs in the last bit, so that the state would.
        self.register_buffer("pe", pe, persistent=False)

    def forward(self, x):
        x = x + self.pe[: x.size(0)]
        return self.dropout(x)


class LanguageModel(nn.Module):
    def __init__(self, ntoken, d_model, nhead, d_hid, nlayers, dropout):
        super().__init__()
        self.d_model = d_model
        self.pos_encoder = PositionalEncoding(d_model, dropout, 50)
        encoder_layers = nn.TransformerEncoderLayer(d_model, nhead, d_hid, dropout, activation="gelu")
        self.transformer_encoder = nn.TransformerEncoder(encoder_layers, nlayers)
        self.encoder = nn.Embedding(ntoken, d_model)
        self.decoder = nn.Linear(d_model, ntoken)
        self.init_weights()
        self.decoder.weight = self.encoder.weight

    def init_weights(self):
        initrange = 0.1
        self.encoder.weight.data.uniform_(-initrange, initrange)
        self.decoder.bias.data.zero_()

    def forward(self, src):
        mask = nn.Transformer.generate_square_subsequent_mask(src.size(0))
        src = self.encoder(src) * math.sqrt(self.d_model)
        src = self.pos_encoder(src)
        output = self.transformer_encoder(src, mask)
        return self.decoder(output)


class Encoder(nn.Module):
    def __init__(self, vocabulary, embed, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embed)
        self.gru = nn.GRU(embed, hidden, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden, hidden)

    def forward(self, source):
        outputs, hidden = self.gru(self.embedding(source))
        hidden = torch.tanh(self.bridge(torch.cat([hidden[0], hidden[1]], dim=1)))
        return outputs, hidden


class Attention(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.attn = nn.Linear(3 * hidden, hidden)
        self.v = nn.Linear(hidden, 1, bias=False)

    def forward(self, hidden, encoder_outputs, mask):
        steps = encoder_outputs.shape[1]
        hidden = hidden.unsqueeze(1).repeat(1, steps, 1)
        energy = torch.tanh(self.attn(torch.cat((hidden, encoder_outputs), dim=2)))
        scores = self.v(energy).squeeze(2).masked_fill(mask == 0, -1e10)
        return F.softmax(scores, dim=1)


class Decoder(nn.Module):
    def __init__(self, vocabulary, embed, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embed)
        self.attention = Attention(hidden)
        self.cell = nn.GRUCell(embed + 2 * hidden, hidden)
        self.relation = nn.Bilinear(hidden, 2 * hidden, hidden)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, token, hidden, encoder_outputs, mask):
        weights = self.attention(hidden, encoder_outputs, mask)
        context = torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1)
        hidden = self.cell(torch.cat((self.embedding(token), context), dim=1), hidden)
        return self.out(torch.relu(self.relation(hidden, context))), hidden


class Seq2Seq(nn.Module):
    def __init__(self, vocabulary, embed, hidden):
        super().__init__()
        self.encoder = Encoder(vocabulary, embed, hidden)
        self.decoder = Decoder(vocabulary, embed, hidden)

    def forward(self, source, target):
        mask = source != 0
        encoder_outputs, hidden = self.encoder(source)
        outputs = []
        for t in range(target.shape[1] - 1):
            output, hidden = self.decoder(target[:, t], hidden, encoder_outputs, mask)
            outputs.append(output)
        return torch.stack(outputs, dim=1)


# ---- others


class EmbeddingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convnet = nn.Sequential(
            nn.Conv1d(2, 6, 5),
            nn.PReLU(),
            nn.MaxPool1d(2, stride=2),
            nn.Conv1d(6, 8, 3, padding="same", padding_mode="circular"),
            nn.PReLU(),
            nn.AdaptiveMaxPool1d(2),
        )
        self.fc = nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.LayerNorm(12), nn.ELU(), nn.Linear(12, 4))

    def forward(self, x):
        return F.normalize(self.fc(self.convnet(x)), p=2.0, dim=1)


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = nn.MultiheadAttention(dim, heads, dropout=0.1, batch_first=True)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(dim, 2 * dim), "act": nn.GELU(), "fc2": nn.Linear(2 * dim, dim)})
        self.gamma = nn.Parameter(torch.full((dim,), 0.5))

    def forward(self, x):
        y = self.norm1(x)
        y, _ = self.attn(y, y, y, need_weights=False)
        x = x + self.gamma * y
        y = self.norm2(x)
        for layer in self.mlp.values():
            y = layer(y)
        return x + y


class VisionTransformer(nn.Module):
    def __init__(self, dim, depth, classes):
        super().__init__()
        self.patch_embed = nn.Conv2d(1, dim, kernel_size=(4, 4), stride=(4, 4))
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.randn(1, 5, dim) * 0.02)
        self.blocks = nn.Sequential(*[Block(dim, 2) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        cls_token = self.cls_token.expand(x.shape[0], -1, -1)
        x = torch.cat((cls_token, x), dim=1)
        x = x + self.pos_embed
        x = self.norm(self.blocks(x))
        return self.head(x[:, 0])


def trained(optimizer, loss):
    """The losses of some steps."""
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        losses.append(loss())
        losses[-1].backward()
        optimizer.step()
    return losses


def sgd(m, loss):
    return trained(optim.SGD(m.parameters(), lr=0.05, momentum=0.9), loss)


def adam(m, loss):
    return trained(optim.Adam(m.parameters(), lr=0.005), loss)


golden = Golden("ported_models")


def row(name, program):
    golden.row(name, python=program, grad=False, tolerance=1e-5, env=globals())


row(
    "Vgg",
    "m = Vgg([4, 'M', 8, 'M', 8], 3); x = torch.randn(6, 3, 9, 8); y = torch.randint(3, (6,));"
    "sgd(m, lambda: nn.CrossEntropyLoss(label_smoothing=0.1)(m(x), y))",
)
row(
    "UNet",
    "m = UNet(2, 3); x = torch.randn(2, 2, 10, 9); y = torch.randint(3, (2, 10, 9));"
    "adam(m, lambda: F.cross_entropy(m(x), y, ignore_index=2))",
)
row(
    "MobileNet",
    "m = MobileNet(5); x = torch.randn(4, 3, 12, 12); y = torch.randint(5, (4,));"
    "sgd(m, lambda: F.nll_loss(F.log_softmax(m(x), dim=1), y))",
)
row("Gan", "g = Generator(6, 4).apply(weights_init); d = Discriminator(4).apply(weights_init); gan(g, d)")
row("Vae", "m = Vae(36, 16, 3); x = torch.rand(5, 1, 6, 6); adam(m, lambda: vae_loss(*m(x), x))")
row(
    "TextClassifier",
    "m = TextClassifier(20, 6, 5, 1); text = torch.tensor([[4, 5, 6, 0, 0], [7, 8, 9, 10, 11], [3, 2, 0, 0, 0]]);"
    "lengths = torch.tensor([3, 5, 2]); y = torch.tensor([1.0, 0.0, 1.0]);"
    "adam(m, lambda: nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))(m(text, lengths).squeeze(1), y))",
)
row(
    "LanguageModel",
    "m = LanguageModel(15, 8, 2, 12, 2, 0.2); text = torch.randint(15, (7, 3));"
    "sgd(m, lambda: F.cross_entropy(m(text[:-1]).view(-1, 15), text[1:].reshape(-1)))",
)
row(
    "Seq2Seq",
    "m = Seq2Seq(12, 5, 6); source = torch.tensor([[3, 4, 5, 6], [7, 8, 2, 0]]); target = torch.randint(1, 12, (2, 5));"
    "adam(m, lambda: F.cross_entropy(m(source, target).transpose(1, 2), target[:, 1:]))",
)
row(
    "EmbeddingNet",
    "m = EmbeddingNet(); a = torch.randn(5, 2, 14); p = torch.randn(5, 2, 14); n = torch.randn(5, 2, 14);"
    "sgd(m, lambda: nn.TripletMarginLoss(margin=0.5, swap=True)(m(a), m(p), m(n)))",
)
row(
    "VisionTransformer",
    "m = VisionTransformer(8, 2, 4); x = torch.randn(3, 1, 8, 8); y = F.one_hot(torch.randint(4, (3,)), 4).float();"
    "sgd(m, lambda: nn.HuberLoss(delta=0.5)(torch.softmax(m(x), -1), y))",
)

golden.write()
