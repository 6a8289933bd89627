"""Acronyms that materials scientists use without a definition. A document's own definition comes first.

"PS" is polystyrene and "GO" graphene oxide only where a material is meant, "SEM" a microscopy only where a method is.
"""

__all__ = ["MATERIAL_ACRONYMS", "METHOD_ACRONYMS"]

_ROWS = """
    ABS   acrylonitrile butadiene styrene
    BFO   bismuth ferrite
    BN    boron nitride
    BTO   barium titanate
    CNT   carbon nanotubes
    FTO   fluorine-doped tin oxide
    GDC   gadolinium-doped ceria
    GO    graphene oxide
    HA    hydroxyapatite
    HAp   hydroxyapatite
    h-BN  hexagonal boron nitride
    HDPE  high density polyethylene
    IGZO  indium gallium zinc oxide
    ITO   indium tin oxide
    LCO   lithium cobalt oxide
    LDPE  low density polyethylene
    LFP   lithium iron phosphate
    LLZO  lithium lanthanum zirconium oxide
    LSCF  lanthanum strontium cobalt ferrite
    LSM   lanthanum strontium manganite
    LTO   lithium titanate
    MWCNT multi-walled carbon nanotubes
    P3HT  poly(3-hexylthiophene)
    PAN   polyacrylonitrile
    PANI  polyaniline
    PC    polycarbonate
    PCBM  [6,6]-phenyl-C61-butyric acid methyl ester
    PCL   polycaprolactone
    PDMS  polydimethylsiloxane
    PE    polyethylene
    PEDOT poly(3,4-ethylenedioxythiophene)
    PEG   polyethylene glycol
    PEO   polyethylene oxide
    PET   polyethylene terephthalate
    PLA   polylactic acid
    PP    polypropylene
    PS    polystyrene
    PU    polyurethane
    PVA   polyvinyl alcohol
    PVP   polyvinylpyrrolidone
    PZT   lead zirconate titanate
    rGO   reduced graphene oxide
    SDC   samarium-doped ceria
    STO   strontium titanate
    SWCNT single-walled carbon nanotubes
    YSZ   yttria-stabilized zirconia
"""
_METHODS = """
    AFM    atomic force microscopy
    ALD    atomic layer deposition
    CVD    chemical vapor deposition
    DFT    density functional theory
    DLS    dynamic light scattering
    DSC    differential scanning calorimetry
    EBSD   electron backscatter diffraction
    EDS    energy dispersive spectroscopy
    EDX    energy dispersive X-ray spectroscopy
    EIS    electrochemical impedance spectroscopy
    ELISA  enzyme-linked immunosorbent assay
    FESEM  field emission scanning electron microscopy
    FE-SEM field emission scanning electron microscopy
    FTIR   Fourier transform infrared spectroscopy
    FT-IR  Fourier transform infrared spectroscopy
    GC-MS  gas chromatography-mass spectrometry
    HPLC   high performance liquid chromatography
    HRTEM  high resolution transmission electron microscopy
    HR-TEM high resolution transmission electron microscopy
    MBE    molecular beam epitaxy
    NMR    nuclear magnetic resonance
    PCR    polymerase chain reaction
    PLD    pulsed laser deposition
    SAXS   small angle X-ray scattering
    SEM    scanning electron microscopy
    STEM   scanning transmission electron microscopy
    STM    scanning tunneling microscopy
    TEM    transmission electron microscopy
    TGA    thermogravimetric analysis
    XPS    X-ray photoelectron spectroscopy
    XRD    X-ray diffraction
    XRF    X-ray fluorescence
"""
MATERIAL_ACRONYMS = dict(row.split(maxsplit=1) for row in _ROWS.strip().splitlines())
METHOD_ACRONYMS = dict(row.split(maxsplit=1) for row in _METHODS.strip().splitlines())
