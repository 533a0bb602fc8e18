using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace Tlb.Examples.ImageClassifier;

/// <summary>Turns pictures in SVG into pixels: those that this program and the library draw, with what these are made of, and no others.</summary>
internal sealed class SvgRaster
{
    private const float Scale = 2;                                           // pixels for each unit: texts stay readable when a picture is made larger

    private readonly SKCanvas _canvas;
    private readonly Dictionary<string, XElement> _named;

    private SvgRaster(SKCanvas canvas, XElement svg) =>
        (_canvas, _named) = (canvas, svg.Descendants().Where(element => element.Attribute("id") is not null).ToDictionary(element => element.Attribute("id")!.Value));

    /// <summary>The bytes of a PNG file.</summary>
    /// <exception cref="IOException">The machine has no font, which texts need.</exception>
    public static byte[] ToPng(XElement svg)
    {
        if (SKTypeface.Default.GlyphCount == 0 && svg.Descendants(SvgParts.Svg + "text").Any())
            throw new IOException("There is no font on this machine to write the texts of a PNG picture with; install one (Debian: fonts-dejavu-core), or write an .svg, which needs none.");
        var (width, height) = (Number(svg, "width"), Number(svg, "height"));
        using var pixels = new SKBitmap(new SKImageInfo((int)Math.Ceiling(width * Scale), (int)Math.Ceiling(height * Scale), SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(pixels);
        canvas.Scale(Scale);
        var raster = new SvgRaster(canvas, svg);
        raster.DrawAll(svg, new Style(SKColors.Black, null, SKColors.Empty, 1, 16, "start", false).Of(svg, raster._named));
        canvas.Flush();
        return Png.Encode(pixels);
    }

    private void DrawAll(XElement parent, Style style)
    {
        foreach (var element in parent.Elements())
            Draw(element, style);
    }

    private void Draw(XElement element, Style inherited)
    {
        var style = inherited.Of(element, _named);
        _canvas.Save();
        if (element.Attribute("transform") is { } transform)
            Transform(transform.Value);
        switch (element.Name.LocalName)
        {
            case "g":
                DrawAll(element, style);
                break;
            case "use":
                Draw(_named[element.Attribute("href")!.Value[1..]], style);
                break;
            case "rect":
                var bounds = _canvas.LocalClipBounds;
                Paint(style, paint => _canvas.DrawRect(SKRect.Create(Number(element, "x"), Number(element, "y"), Length("width", bounds.Width), Length("height", bounds.Height)), paint));
                break;
            case "circle":
                Paint(style, paint => _canvas.DrawCircle(Number(element, "cx"), Number(element, "cy"), Number(element, "r"), paint));
                break;
            case "line":
                Paint(style, paint => _canvas.DrawLine(Number(element, "x1"), Number(element, "y1"), Number(element, "x2"), Number(element, "y2"), paint));
                break;
            case "path":
                using (var path = SKPath.ParseSvgPathData(element.Attribute("d")!.Value))
                    Paint(style, paint => _canvas.DrawPath(path, paint));
                break;
            case "image":
                DrawImage(element);
                break;
            case "text":
                DrawText(element, style);
                break;
            case "title" or "defs":                                          // what is shown where it is pointed at, and what is named elsewhere
                break;
            case var name:
                throw new NotSupportedException($"A picture with an element '{name}' can't be turned into pixels.");
        }
        _canvas.Restore();

        float Length(string name, float whole) => element.Attribute(name)?.Value == "100%" ? whole : Number(element, name);
    }

    private static void Paint(Style style, Action<SKPaint> draw)
    {
        if (style.Fill != SKColors.Empty || style.Gradient is not null)
        {
            using var paint = new SKPaint { IsAntialias = true, Color = style.Fill };
            if (style.Gradient is { } gradient)
                paint.Shader = gradient;
            draw(paint);
        }
        if (style.Stroke == SKColors.Empty)
            return;
        using var pen = new SKPaint { IsAntialias = true, Color = style.Stroke, IsStroke = true, StrokeWidth = style.StrokeWidth, StrokeJoin = SKStrokeJoin.Round };
        using var dash = style.Dashes is { } dashes ? SKPathEffect.CreateDash(dashes, 0) : null;
        pen.PathEffect = dash;
        draw(pen);
    }

    private void DrawImage(XElement element)
    {
        using var image = SKImage.FromEncodedData(Convert.FromBase64String(element.Attribute("href")!.Value.Split(',')[1]));
        using var paint = new SKPaint { Color = SKColors.Black.WithAlpha((byte)Math.Round(255 * Number(element, "opacity", 1))), FilterQuality = SKFilterQuality.None };
        _canvas.DrawImage(image, SKRect.Create(Number(element, "x"), Number(element, "y"), Number(element, "width"), Number(element, "height")), paint);
    }

    /// <summary>Draws a text. Letters that the font lacks are taken from one that has them.</summary>
    private void DrawText(XElement element, Style style)
    {
        var runs = Runs(element.Value, style.IsBold);
        using var paint = new SKPaint { IsAntialias = true, Color = style.Fill, TextSize = style.FontSize };
        var widths = runs.ConvertAll(run =>
        {
            paint.Typeface = run.Face;
            return paint.MeasureText(run.Text);
        });
        var x = Number(element, "x") - style.Anchor switch { "middle" => widths.Sum() / 2, "end" => widths.Sum(), _ => 0 };
        foreach (var (run, width) in runs.Zip(widths))
        {
            paint.Typeface = run.Face;
            _canvas.DrawText(run.Text, x, Number(element, "y"), paint);
            x += width;
        }
    }

    private static List<(SKTypeface Face, string Text)> Runs(string text, bool isBold)
    {
        var weight = isBold ? SKFontStyle.Bold : SKFontStyle.Normal;
        var usual = SKTypeface.FromFamilyName("sans-serif", weight);
        List<(SKTypeface Face, string Text)> runs = [];
        foreach (var rune in text.EnumerateRunes())
        {
            var face = usual.ContainsGlyph(rune.Value) ? usual : SKFontManager.Default.MatchCharacter(null, weight, null, rune.Value) ?? usual;
            if (runs.Count > 0 && runs[^1].Face.FamilyName == face.FamilyName)
                runs[^1] = (face, runs[^1].Text + rune);
            else
                runs.Add((face, rune.ToString()));
        }
        return runs;
    }

    /// <summary>Moves, turns and scales what follows: <c>translate(x y) rotate(degrees) scale(factor)</c>.</summary>
    private void Transform(string text)
    {
        foreach (var part in text.Split(')', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, numbers) = (part.Split('(')[0], part.Split('(')[1].Split(' ').Select(Parse).ToArray());
            switch (name)
            {
                case "translate":
                    _canvas.Translate(numbers[0], numbers[1]);
                    break;
                case "rotate":
                    _canvas.RotateDegrees(numbers[0]);
                    break;
                case "scale":
                    _canvas.Scale(numbers[0]);
                    break;
                default:
                    throw new NotSupportedException($"A picture with a transform '{name}' can't be turned into pixels.");
            }
        }
    }

    private static float Number(XElement element, string name, float without = 0) => element.Attribute(name) is { } attribute ? Parse(attribute.Value) : without;

    private static float Parse(string number) => float.Parse(number, CultureInfo.InvariantCulture);

    /// <summary>How things are drawn: what an element doesn't say, it has from the one that it is in.</summary>
    private sealed record Style(SKColor Fill, SKShader? Gradient, SKColor Stroke, float StrokeWidth, float FontSize, string Anchor, bool IsBold)
    {
        /// <summary>The lengths of dashes and gaps; null for a line without.</summary>
        public float[]? Dashes { get; private init; }

        /// <summary>That of an element.</summary>
        /// <param name="element">The element.</param>
        /// <param name="named">The elements that can be named in it.</param>
        public Style Of(XElement element, Dictionary<string, XElement> named)
        {
            var fill = element.Attribute("fill")?.Value;
            var isGradient = fill?.StartsWith("url(#", StringComparison.Ordinal) == true;
            var color = isGradient ? SKColors.Empty : Color(fill) ?? Fill;
            return this with
            {
                Fill = element.Attribute("fill-opacity") is { } opacity ? color.WithAlpha((byte)Math.Round(255 * Parse(opacity.Value))) : color,
                Gradient = isGradient ? Shader(named[fill![5..^1]], element) : fill is null ? Gradient : null,
                Stroke = Color(element.Attribute("stroke")?.Value) ?? Stroke,
                StrokeWidth = Number(element, "stroke-width", StrokeWidth),
                FontSize = Number(element, "font-size", FontSize),
                Anchor = element.Attribute("text-anchor")?.Value ?? Anchor,
                IsBold = element.Attribute("font-weight") is { } weight ? weight.Value == "bold" : IsBold,
                Dashes = element.Attribute("stroke-dasharray") is { } dashes ? [.. dashes.Value.Split(' ').Select(Parse)] : null,
            };
        }

        private static SKColor? Color(string? text) => text is null ? null : text == "none" ? SKColors.Empty : SKColor.TryParse(text, out var color) ? color : text switch
        {
            "white" => SKColors.White,
            "black" => SKColors.Black,
            _ => throw new NotSupportedException($"A picture with a colour '{text}' can't be turned into pixels."),
        };

        /// <summary>A gradient from the left to the right of an element.</summary>
        private static SKShader Shader(XElement gradient, XElement element)
        {
            var stops = gradient.Elements().ToList();
            var left = Number(element, "x");
            return SKShader.CreateLinearGradient(
                new(left, 0), new(left + Number(element, "width"), 0), [.. stops.Select(stop => SKColor.Parse(stop.Attribute("stop-color")!.Value))], [.. stops.Select(stop => Number(stop, "offset"))], SKShaderTileMode.Clamp);
        }
    }
}
